// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same rules; a warning is an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Points to crash at and what tries the sandbox, for tests; a release build does not contain them.
let crashPoints = SwiftSetting.define("CRASH_POINTS", .when(configuration: .debug))

/// A module without a `main`: pure when it imports no I/O, else named for the one thing it reaches.
func library(
    _ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/Libraries/\(name)",
        swiftSettings: strict + settings)
}

/// One of the four processes: an actor or a few, and a `main.swift` of one statement.
func process(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Sources/Processes/\(name)",
        swiftSettings: strict + [crashPoints])
}

/// A Debian library behind a module map.
func system(_ name: String, _ pkgConfig: String? = nil, _ package: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig,
        providers: [.apt([package])])
}

/// `exclude` names folders of data that tests read by their path.
func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests",
        exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "whatsapp-gateway",
    products: [
        .executable(name: "ingress", targets: ["Ingress"]),
        .executable(name: "signer", targets: ["Signer"]),
        .executable(name: "provider", targets: ["Provider"]),
        .executable(name: "inbox", targets: ["Inbox"]),
        .executable(name: "gatewayctl", targets: ["GatewayControl"]),
    ],
    dependencies: [],
    targets: [
        system("CLinux", nil, "libc6-dev"),
        system("CSQLite", "sqlite3", "libsqlite3-dev"),
        system("CLibcrypto", "libcrypto", "libssl-dev"),
        system("CLibcurl", "libcurl", "libcurl4-openssl-dev"),

        library("JSON"),
        library("Wire", ["JSON"]),
        library("HTTP1"),
        library("CloudAPI", ["JSON"]),
        library("Reactor", ["CLinux"]),
        library("Digest", ["CLibcrypto"]),
        library("SQLite", ["CSQLite", "Reactor"]),
        library("Curl", ["CLibcurl", "Reactor"]),
        library("IPC", ["CLinux", "JSON", "Reactor", "Wire"]),
        library("Daemon", ["CLinux", "IPC", "Reactor", "Wire"], settings: [crashPoints]),
        library("Journal", ["IPC", "Reactor", "SQLite", "Wire"]),

        process(
            "Ingress",
            ["CLinux", "Daemon", "HTTP1", "IPC", "JSON", "Journal", "Reactor", "SQLite", "Wire"]),
        process("Signer", ["CloudAPI", "Daemon", "Digest", "IPC", "Reactor", "Wire"]),
        process(
            "Provider",
            [
                "CLinux", "CloudAPI", "Curl", "Daemon", "Digest", "IPC", "JSON", "Journal",
                "Reactor", "SQLite", "Wire",
            ]),
        process(
            "Inbox", ["CloudAPI", "Daemon", "Digest", "IPC", "JSON", "Reactor", "SQLite", "Wire"]),
        .executableTarget(
            name: "GatewayControl",
            dependencies: [
                "CLinux", "Daemon", "Digest", "HTTP1", "IPC", "JSON", "Reactor", "Wire",
            ],
            path: "Sources/Tools/GatewayControl", swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["Digest", "JSON", "Reactor"],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        tests("Reactor", ["Reactor", "TestSupport"]),
        .target(name: "BadRequests", path: "Tests/BadRequests", swiftSettings: strict),
        tests("HTTP1", ["BadRequests", "HTTP1"]),
        tests("SQLite", ["SQLite", "TestSupport"]),
        tests("Journal", ["Journal", "Reactor", "SQLite", "TestSupport", "Wire"]),
        tests("Curl", ["Curl", "Reactor", "TestSupport"]),
        tests("JSON", ["JSON"]),
        tests("CloudAPI", ["CloudAPI", "JSON"], exclude: ["Fixtures"]),
        tests("Wire", ["JSON", "Wire"]),
        tests("IPC", ["IPC", "JSON", "Reactor", "TestSupport", "Wire"]),
        tests("Daemon", ["CLinux", "Daemon", "Reactor", "TestSupport", "Wire"]),
        tests("Digest", ["Digest"]),
        tests(
            "Inbox",
            [
                "CloudAPI", "Daemon", "Inbox", "IPC", "JSON", "Reactor", "SQLite", "TestSupport",
                "Wire",
            ], exclude: ["Fixtures"]),
        tests(
            "Provider",
            [
                "CloudAPI", "Curl", "Daemon", "IPC", "JSON", "Journal", "Provider", "Reactor",
                "SQLite", "TestSupport", "Wire",
            ], exclude: ["Fixtures"]),
        tests("Ingress", ["Daemon", "HTTP1", "Ingress", "Reactor", "TestSupport", "Wire"]),
        tests("Signer", ["Daemon", "Digest", "Signer", "Wire"]),
        tests("GatewayControl", ["GatewayControl", "JSON", "Wire"]),
        // The server itself is python, in Tests/FakeGraph.
        tests("FakeGraph", ["Digest", "JSON", "Reactor", "TestSupport"]),
        tests("Protocols", ["GatewayControl", "HTTP1", "Ingress", "Wire"]),
        // Those it drives are built with it, and lie beside it.
        tests(
            "Integration",
            [
                "BadRequests", "Digest", "GatewayControl", "Ingress", "Inbox", "IPC", "JSON",
                "Provider", "Reactor", "SQLite", "Signer", "TestSupport", "Wire",
            ]),
    ]
)
