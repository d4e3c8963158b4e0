internal import Daemon

runDaemon(InboxProcess.self)
