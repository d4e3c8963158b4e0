import Daemon

runDaemon(SignerProcess.self)
