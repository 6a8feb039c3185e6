// swift-tools-version: 6.2
import PackageDescription

/// What every target of Quan is compiled with: imports are internal unless said otherwise, a member is visible
/// only where its module is imported, `any` is spelled out, and a warning is an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let jwt = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

func shared(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/\(name)", resources: resources, swiftSettings: strict)
}

/// The pure part of a service: state, command, programme and now in, decision out.
func domain(_ service: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: "\(service)Domain", dependencies: ["Kernel", "Messages", "Programme"] + dependencies, path: "Services/\(service)/Domain",
        swiftSettings: strict)
}

/// A service's executable.
func service(
    _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [], hasDomain: Bool = true
) -> Target {
    .executableTarget(
        name: name,
        dependencies: (hasDomain ? [.target(name: "\(name)Domain")] : []) + [
            "Access", "Kafka", "Kernel", "Messages", "Messaging", "Postgres", "Programme", "ProgrammeStore",
            "ServiceHost", "StrictJSON", hummingbird, httpTypes, lifecycle, logging, nio,
        ] + dependencies,
        path: "Services/\(name)", exclude: (hasDomain ? ["Domain"] : []) + ["README.md"], sources: ["App", "Migrations"],
        resources: resources,
        swiftSettings: strict)
}

/// What tests of a service may use.
func serviceTests(_ name: String, _ dependencies: [Target.Dependency] = [], hasDomain: Bool = true) -> Target {
    tests(
        "\(name)Tests",
        (hasDomain ? [.target(name: "\(name)Domain")] : []) + [
            .target(name: name), "Access", "Kafka", "Kernel", "Messages", "Messaging", "Postgres",
            "Programme", "ProgrammeStore", "ServiceHost", "StrictJSON", "TestKit", crypto, logging,
        ] + dependencies)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "Quan",
    products: [
        .executable(name: "quan-bench", targets: ["Benchmarks"]),
        .executable(name: "quan-campaign", targets: ["Campaigns"]),
        .executable(name: "quan-demo", targets: ["QuanDemo"]),
        .executable(name: "quan-catalogue", targets: ["Catalogue"]),
        .executable(name: "quan-identity", targets: ["Identity"]),
        .executable(name: "quan-ordering", targets: ["Ordering"]),
        .executable(name: "quan-timer", targets: ["Timer"]),
        .executable(name: "quan-portal", targets: ["Portal"]),
        .executable(name: "quan-redemption", targets: ["Redemption"]),
        .executable(name: "quan-payout", targets: ["Payout"]),
        .executable(name: "quan-bank-simulator", targets: ["BankSimulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.2.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0", traits: ["JSON", "YAML", "CommandLineArguments"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.2.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.20.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.5.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.0.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.24.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
        // A newer minor version may start children on other threads: see docs/decisions/0104-child-processes.md.
        .package(url: "https://github.com/swiftlang/swift-subprocess", .upToNextMinor(from: "1.0.2")),
    ],
    targets: [
        .systemLibrary(name: "CLibpq", path: "Shared/CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibqpdf", path: "Shared/CLibqpdf", pkgConfig: "libqpdf", providers: [.apt(["libqpdf-dev"])]),
        .systemLibrary(name: "CZlib", path: "Shared/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLibxml2", path: "Shared/CLibxml2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(
            name: "CLibrdkafka", path: "Shared/CLibrdkafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),

        shared("Kernel", [crypto]),
        shared("StrictJSON", ["Kernel"]),
        shared("Messages", ["Kernel"]),
        shared("ISO20022", ["CLibxml2", "Kernel"]),
        shared("Programme", ["Kernel", yams]),
        shared("QuotaLedger", ["Kernel", "Programme"]),
        shared("Scenarios", ["Kernel", "Procedures", "Programme", "QuotaLedger", yams]),
        shared("Procedures", ["Kernel", "Programme", "QuotaLedger"]),
        shared("Postgres", ["CLibpq", logging, metrics]),
        shared("Kafka", ["CLibrdkafka", "Kernel", .product(name: "DequeModule", package: "swift-collections"), logging, metrics]),
        // The audit trail and recovery know no envelopes: Messaging, which depends on them, writes their messages.
        shared("AuditTrail", ["Kernel", "Messages", "Postgres", crypto, logging]),
        shared("Recovery", ["Kafka", "Kernel", "Messages", "Postgres", logging]),
        shared(
            "Messaging", ["AuditTrail", "Kafka", "Kernel", "Messages", "Postgres", "Recovery", "StrictJSON", tracing, logging, metrics]),
        shared(
            "ServiceHost",
            [
                "Kernel", "Messaging", "Postgres", "Kafka", "StrictJSON", configuration, crypto, hummingbird, lifecycle, logging, metrics,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ]),
        shared("LocalPostgres", ["Postgres", logging, subprocess, system]),
        shared("TestKit", ["Kernel", "LocalPostgres", "Messages", "Postgres", "Kafka", "Messaging", "StrictJSON", logging]),

        shared("Access", ["Kernel", "Messages", "Messaging", "Postgres", "ServiceHost", crypto, jwt]),
        shared("FileStore", ["CLibqpdf", "CLibxml2", "CZlib", "Kernel"]),
        shared("ProgrammeStore", ["Kernel", "Messages", "Messaging", "Postgres", "Programme", "StrictJSON"]),

        domain("Catalogue"),
        service("Catalogue"),
        domain("Identity"),
        service("Identity", [crypto, jwt]),
        domain("Ordering", ["QuotaLedger"]),
        service("Ordering", ["QuotaLedger", "Recovery"]),
        domain("Timer"),
        service("Timer", [metrics]),
        service("Portal", ["FileStore", crypto, nioPosix, yams], resources: [.embedInCode("Reading/read-table.yaml")], hasDomain: false),
        domain("Redemption"),
        service("Redemption", ["FileStore", "Recovery", metrics, nioPosix]),
        domain("Payout"),
        service("Payout", ["ISO20022", asyncHTTPClient, crypto, metrics, nioHTTP1, nioSSL]),
        .executableTarget(
            name: "BankSimulator",
            dependencies: ["ISO20022", "Kernel", "StrictJSON", argumentParser, hummingbird, httpTypes, logging, nio],
            path: "Services/BankSimulator", exclude: ["README.md"], sources: ["App"], swiftSettings: strict),

        .target(name: "Season", dependencies: ["Kernel"], path: "Services/Quan/Season", swiftSettings: strict),
        // What the operator's program and the demonstration share: an installation on one machine, and the link to its services.
        .target(
            name: "Operations",
            dependencies: [
                "Kafka", "Kernel", "LocalPostgres", "Messages", "Messaging", "Postgres", "Programme", "ProgrammeStore", "StrictJSON",
                argumentParser, logging,
            ],
            path: "Services/Quan/Operations", swiftSettings: strict),
        .executableTarget(
            name: "quan",
            dependencies: [
                "Kafka", "Kernel", "LocalPostgres", "Messages", "Messaging", "Operations", "Postgres", "Programme", "Scenarios",
                "StrictJSON", argumentParser, logging, unixSignals,
            ],
            path: "Services/Quan/App", swiftSettings: strict),
        .executableTarget(
            name: "QuanDemo",
            dependencies: [
                "ISO20022", "Kafka", "Kernel", "LocalPostgres", "Messages", "Messaging", "Operations", "Postgres", "Season", "StrictJSON",
                argumentParser, logging, unixSignals,
            ],
            path: "Services/Quan/Demo", swiftSettings: strict),

        .target(
            name: "Toys", dependencies: ["Kernel", "Messages", "Messaging", "Postgres"], path: "Tests/Toys", swiftSettings: strict),

        .executableTarget(
            name: "toy-service", dependencies: ["Kafka", "Kernel", "Messaging", "Postgres", "Toys", logging], path: "Tests/ToyProcess",
            swiftSettings: strict),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "Access", "CLibrdkafka", "Kernel", "Kafka", "LocalPostgres", "Messages", "Messaging", "Postgres", "Procedures",
                "Programme", "ProgrammeStore", "QuotaLedger", "StrictJSON", "TestKit", "Toys",
                argumentParser, crypto, logging,
            ],
            path: "Tests/Benchmarks", swiftSettings: strict),
        .executableTarget(
            name: "Campaigns",
            dependencies: [
                "Kafka", "Kernel", "LocalPostgres", "Messages", "Messaging", "Operations", "StrictJSON", "TestKit", argumentParser, logging,
            ],
            path: "Tests/Campaigns", swiftSettings: strict),
        .target(name: "CThreadsForTSan", path: "Tests/CThreadsForTSan"),

        tests("CampaignsTests", ["Campaigns", "Kernel", "Messages", "TestKit", argumentParser]),
        tests("BenchmarksTests", ["Benchmarks", argumentParser]),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "Kafka", "Kernel", "Messages", "Messaging", "Operations", "Postgres", "StrictJSON", "TestKit", "Toys", "toy-service",
                logging,
            ],
            path: "Tests/Conformance", swiftSettings: strict),
        tests(
            "KafkaTests",
            [
                "CLibrdkafka", "Kafka", "TestKit", "CThreadsForTSan", logging, metrics,
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ]),
        tests("AccessTests", ["Access", "Kernel", "Messages", "Messaging", "Postgres", "TestKit", crypto, jwt, logging]),
        tests("FileStoreTests", ["FileStore", "Kernel", crypto]),
        tests("ProgrammeStoreTests", ["Kernel", "Messages", "Messaging", "Postgres", "Programme", "ProgrammeStore", "TestKit", logging]),
        serviceTests("Catalogue"),
        serviceTests("Identity", [hummingbird, httpTypes, jwt]),
        serviceTests("Ordering", ["QuotaLedger"]),
        serviceTests("Timer"),
        serviceTests(
            "Portal", ["FileStore", hummingbird, httpTypes, nio, .product(name: "NIOEmbedded", package: "swift-nio")], hasDomain: false),
        serviceTests("Redemption", ["FileStore"]),
        tests("ISO20022Tests", ["ISO20022", "Kernel", subprocess, system]),
        serviceTests("Payout", ["BankSimulator", "ISO20022", hummingbird, lifecycle, nio, nioHTTP1, nioPosix, nioSSL, subprocess, system]),
        tests("AuditTrailTests", ["AuditTrail"]),
        tests("KernelTests", ["Kernel"]),
        tests("ProceduresTests", ["Kernel", "Procedures", "Programme", "QuotaLedger"]),
        tests("RecoveryTests", ["Kafka", "Kernel", "Messages", "Postgres", "Recovery", "TestKit", logging]),
        tests("ScenariosTests", ["Kernel", "Procedures", "Programme", "QuotaLedger", "Scenarios"]),
        tests("SeasonTests", ["Kernel", "Season"]),
        tests("StrictJSONTests", ["Kernel", "StrictJSON"]),
        tests("MessagesTests", ["Kernel", "Messages", "Messaging", "StrictJSON", "TestKit"], exclude: ["Golden"]),
        tests(
            "PostgresTests",
            [
                "LocalPostgres", "Postgres", "TestKit", logging, metrics, subprocess,
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ]),
        tests(
            "MessagingTests",
            ["Kernel", "Kafka", "Messages", "Messaging", "Operations", "Postgres", "Recovery", "StrictJSON", "TestKit", "Toys", logging]),
        tests("ProgrammeTests", ["Kernel", "Programme"], exclude: ["Samples"]),
        tests(
            "QuanTests",
            [
                "quan", "QuanDemo", "Operations", "Catalogue", "FileStore", "Identity", "IdentityDomain", "Ordering", "Payout", "Portal",
                "Redemption", "Timer",
                "Kafka", "Kernel", "LocalPostgres", "Messages", "Messaging", "Postgres", "Season", "ServiceHost", "TestKit",
                argumentParser, logging, subprocess, system, yams,
            ]),
        tests(
            "ServiceHostTests",
            [
                "ServiceHost", "TestKit", "Kernel", "Postgres", "Kafka", configuration, httpTypes, hummingbird, lifecycle, logging, metrics,
                nio,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
    ]
)
