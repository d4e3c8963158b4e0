internal import Daemon

runDaemon(ProviderProcess.self)
