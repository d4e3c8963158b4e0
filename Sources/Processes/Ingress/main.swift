import Daemon

runDaemon(IngressProcess.self)
