"""Certificates by a CA that exists only for one run, made with the `openssl` command."""

import ssl
import subprocess
from pathlib import Path

# Without a file of our own the machine's openssl.cnf would add extensions to ours.
CONFIG = "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=fake graph\n"
DAYS = "2"

# The name on the certificate and who signed it, by what a test asks for.
KINDS = {
    "right": ("IP:127.0.0.1,DNS:localhost", "ca"),
    "wrong_host": ("DNS:elsewhere.test", "ca"),
    "wrong_ca": ("IP:127.0.0.1,DNS:localhost", "stranger"),
}


class Certificates:
    """Server contexts by kind; a kind is made when it is first asked for."""

    def __init__(self, folder):
        self.folder = Path(folder)
        (self.folder / "openssl.cnf").write_text(CONFIG)
        self.contexts = {}
        self._authority("ca")
        self.context("right")

    def context(self, kind):
        """The server side of TLS with that certificate; KeyError for an unknown kind."""
        if kind not in self.contexts:
            names, authority = KINDS[kind]
            if not (self.folder / f"{authority}.pem").exists():
                self._authority(authority)
            self._make(
                kind, f"subjectAltName={names}", "basicConstraints=critical,CA:FALSE",
                "extendedKeyUsage=serverAuth",
                signed_by=["-CA", f"{authority}.pem", "-CAkey", f"{authority}.key"])
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.folder / f"{kind}.pem", self.folder / f"{kind}.key")
            # A resumed session shows no certificate, and a wrong one would go unseen.
            context.num_tickets = 0
            context.options |= ssl.OP_NO_TICKET
            self.contexts[kind] = context
        return self.contexts[kind]

    def _authority(self, name):
        self._make(name, "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign",
                   "subjectKeyIdentifier=hash")

    def _make(self, name, *extensions, signed_by=()):
        command = [
            "openssl", "req", "-x509", "-config", "openssl.cnf", "-days", DAYS, "-nodes",
            "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-keyout", f"{name}.key", "-out", f"{name}.pem", *signed_by]
        for extension in extensions:
            command += ["-addext", extension]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
