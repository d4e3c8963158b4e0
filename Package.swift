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

/// Whether `./run.sh fuzz` asks, which wants a package of other targets.
let isFuzzer = Context.environment["LIBFUZZER"] != nil

let libraries: [Target] = [
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
]

/// Requests that must be refused, and a visit that sends them to a connection.
let badRequests: Target = .target(
    name: "BadRequests", dependencies: ["HTTP1"], path: "Tests/BadRequests", swiftSettings: strict)

let processes: [Target] = [
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
]

let programs: [Product] = [
    .executable(name: "ingress", targets: ["Ingress"]),
    .executable(name: "signer", targets: ["Signer"]),
    .executable(name: "provider", targets: ["Provider"]),
    .executable(name: "inbox", targets: ["Inbox"]),
    .executable(name: "gatewayctl", targets: ["GatewayControl"]),
]

/// What the fuzzer's targets reach.
let fuzzed: [Target.Dependency] = [
    "BadRequests", "CloudAPI", "CSQLite", "HTTP1", "Inbox", "Ingress", "JSON", "Provider", "Signer",
    "Wire",
]

let testTargets: [Target] = [
    .target(
        name: "TestSupport", dependencies: ["Digest", "JSON", "Reactor"],
        path: "Tests/TestSupport",
        swiftSettings: strict),
    tests("Reactor", ["Reactor", "TestSupport"]),
    tests("HTTP1", ["BadRequests", "HTTP1", "TestSupport"]),
    tests("SQLite", ["SQLite", "TestSupport"]),
    tests("Journal", ["Journal", "Reactor", "SQLite", "TestSupport", "Wire"]),
    tests("Curl", ["Curl", "Reactor", "TestSupport"]),
    tests("JSON", ["JSON", "TestSupport"]),
    tests("CloudAPI", ["CloudAPI", "JSON"], exclude: ["Fixtures"]),
    tests("Wire", ["JSON", "TestSupport", "Wire"]),
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
    tests("Fuzz", fuzzed, exclude: ["Corpus", "Dictionaries", "Driver.swift"]),
    // Those it drives are built with it, and lie beside it.
    tests(
        "Integration",
        [
            "BadRequests", "Digest", "GatewayControl", "Ingress", "Inbox", "IPC", "JSON",
            "Provider", "Reactor", "SQLite", "Signer", "TestSupport", "Wire",
        ]),
]

/// What of a process reads what strangers send, without the rest of it.
func readers(_ process: String, _ files: [String], _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: process, dependencies: dependencies, path: "Sources/Processes/\(process)",
        sources: files, swiftSettings: strict)
}

/// The same sources as FuzzTests, and libFuzzer around them (`./run.sh fuzz`).
///
/// In a package of its own: `--sanitize=fuzzer` takes no other program with a `main`.
let fuzzer: [Target] = [
    readers("Ingress", ["SignatureHeader.swift"], ["HTTP1"]),
    readers("Signer", ["BodySignature.swift"], ["Digest"]),
    readers(
        "Provider",
        ["SendRequest.swift", "SendBody.swift", "BodyFields.swift", "ReadableJSON.swift"],
        ["CloudAPI", "JSON", "Wire"]),
    readers(
        "Inbox",
        [
            "Redaction.swift", "Identifiers.swift", "SearchQuery.swift", "SearchWords.swift",
            "Cursor.swift",
        ], ["CloudAPI", "Digest", "JSON", "Wire"]),
    .executableTarget(
        name: "Fuzz", dependencies: fuzzed, path: "Tests/FuzzTests",
        exclude: ["Corpus", "Dictionaries", "CorpusTests.swift"], swiftSettings: strict),
]

let package = Package(
    name: "whatsapp-gateway",
    products: isFuzzer ? [] : programs,
    dependencies: [],
    targets: libraries + [badRequests] + (isFuzzer ? fuzzer : processes + testTargets)
)
