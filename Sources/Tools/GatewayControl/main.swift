runCommand(CommandLine.arguments.dropFirst())
