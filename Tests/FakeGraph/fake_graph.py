"""A stand-in for Meta's Graph API, for tests: a real server in a process of its own.

    fake_graph.py --control SOCKET [--tls FOLDER]

Listens on a free port of 127.0.0.1, with TLS by a CA of its own made in FOLDER (`ca.pem` is what a
client must trust), else with plain HTTP. Prints `ready PORT`, serves until its standard input ends.
What it does with which request is told over SOCKET (control.py); without a word it accepts all.
"""

import argparse
import asyncio
import gc
import sys

from certificates import Certificates
from control import Control
from graph import Graph
from listener import Listener


async def end_of_input():
    """Returns when whoever started this has gone, so that it outlives no test."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, lambda: sys.stdin.buffer.read1(4096) or ended.set())
    await ended.wait()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--control", required=True)
    parser.add_argument("--tls")
    arguments = parser.parse_args()
    certificates = Certificates(arguments.tls) if arguments.tls else None
    graph = Graph()
    listener = Listener(graph, certificates)
    graph.base_url = lambda: listener.base_url
    control = Control(graph, listener)
    await asyncio.start_unix_server(control.serve, arguments.control, limit=Control.LONGEST_LINE)
    # A pause of the collector would look like a slow Graph, and everything here is short-lived.
    gc.freeze()
    print(f"ready {listener.port}", flush=True)
    await end_of_input()


if __name__ == "__main__":
    asyncio.run(main())
