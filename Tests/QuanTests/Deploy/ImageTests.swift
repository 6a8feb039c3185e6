import Foundation
import Testing

@testable import Operations

/// Compares deploy/Dockerfile with the libraries that the programs need.
@Suite("deploy/Dockerfile")
struct ImageTests {
    /// Packages in Debian's slim image.
    private static let ofTheBase: Set<String> = ["libc6", "libgcc-s1", "libstdc++6"]
    /// Packages without libraries: TLS certificates, time zones.
    private static let noLibraries: Set<String> = ["ca-certificates", "tzdata"]

    private static let programs = PlatformService.all.map(\.program) + [PlatformService.bank.program, "quan"]

    private static func packages(_ stage: Int) throws -> Set<String> {
        let text = try String(contentsOfFile: Command.repository + "/deploy/Dockerfile", encoding: .utf8)
        let lists = text.matches(of: /apt-get install --yes --no-install-recommends ([^\\\n]+)/).map { found in
            found.1.split(separator: " ").map(String.init)
        }
        try #require(lists.count == 2)
        return Set(lists[stage])
    }

    @Test("the image has exactly the packages of the libraries that the programs need")
    func libraries() async throws {
        var needed: Set<String> = []
        var loader = Loader()
        for program in Self.programs {
            let file = URL(filePath: Command.quan).deletingLastPathComponent().appending(path: program).path
            try #require(FileManager.default.isExecutableFile(atPath: file), "\(program) is not built")
            let packages = try await loader.packages(of: file)
            needed.formUnion(packages)
            let missing = packages.subtracting(try Self.packages(1)).subtracting(Self.ofTheBase)
            #expect(missing.isEmpty, "\(program) does not start without \(missing.sorted())")
        }
        #expect(try Self.packages(1).subtracting(Self.noLibraries).subtracting(needed).isEmpty, "needed: \(needed.sorted())")
        // Libraries that only the services reading papers need, and common ones.
        #expect(needed.isSuperset(of: ["libxml2", "libqpdf29", "zlib1g", "libpq5", "librdkafka1"]))
    }

    @Test("the builder has the packages of all system libraries in Package.swift, and builds every program")
    func builder() throws {
        let manifest = try String(contentsOfFile: Command.repository + "/Package.swift", encoding: .utf8)
        let named = manifest.matches(of: /\.apt\(\["([^"]+)"\]\)/).map { String($0.1) }
        #expect(named.count >= 5)
        #expect(try Self.packages(0).isSuperset(of: named))
        let dockerfile = try String(contentsOfFile: Command.repository + "/deploy/Dockerfile", encoding: .utf8)
        let built = try #require(dockerfile.firstMatch(of: /ARG PRODUCTS="([^"]+)"/)?.1).split(separator: " ").map(String.init)
        #expect(Set(built) == Set(Self.programs))
    }
}

/// Finds the packages of a program's dynamic libraries.
private struct Loader {
    /// The packages found so far, by library.
    private var known: [String: String] = [:]

    /// The packages of the libraries that a program needs directly. An image links Swift's libraries statically, so that their own
    /// dependencies count instead.
    mutating func packages(of program: String) async throws -> Set<String> {
        let paths = try await Self.paths(of: program)
        var packages: Set<String> = []
        var seen: Set<String> = []
        var waiting = [program]
        while let file = waiting.popLast() {
            for name in try await Self.needs(of: file) where seen.insert(name).inserted {
                let path = try #require(paths[name], "the loader does not find \(name)")
                if path.contains("/swift/") { waiting.append(path) } else { packages.insert(try await package(of: path)) }
            }
        }
        return packages
    }

    private static func needs(of file: String) async throws -> [String] {
        let read = try await Command.run("/usr/bin/readelf", ["--dynamic", "--wide", file])
        return read.output.matches(of: /\(NEEDED\).*\[([^\]]+)\]/).map { String($0.1) }
    }

    /// The path of each library, by name.
    private static func paths(of program: String) async throws -> [String: String] {
        let loaded = try await Command.run("/usr/bin/ldd", [program])
        let pairs = loaded.output.matches(of: #/(\S+) => (/\S+)/#).map { (String($0.1), String($0.2)) }
        let own = loaded.output.matches(of: #/\s(/\S+ld-linux\S*) /#).map { (URL(filePath: String($0.1)).lastPathComponent, String($0.1)) }
        return Dictionary(pairs + own) { first, _ in first }
    }

    private mutating func package(of library: String) async throws -> String {
        if let package = known[library] { return package }
        // dpkg knows the path to which a file was unpacked, which may now be reached over a symbolic link.
        let real = URL(filePath: library).resolvingSymlinksInPath().path
        let short = real.hasPrefix("/usr/lib") ? String(real.dropFirst(4)) : real
        for candidate in [real, short, library] {
            let found = try await Command.run("/usr/bin/dpkg", ["-S", candidate])
            guard found.status == 0, let name = found.output.split(separator: ":").first else { continue }
            known[library] = String(name)
            return String(name)
        }
        throw CommandError("no package contains \(library)")
    }
}
