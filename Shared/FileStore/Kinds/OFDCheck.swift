/// Checks an OFD: a zip with OFD.xml, whose entries match its directory, unpack to a plausible size, and have no active content; XML
/// entries are checked too.
enum OFDCheck {
    private static let mostUnpacked = 100 << 20
    /// Extensions of active content. No paper needs these.
    private static let active: Set<String> = [
        "bat", "cmd", "com", "dll", "exe", "hta", "htm", "html", "jar", "js", "lnk", "msi", "php", "ps1", "scr", "sh", "svg", "swf", "vbs",
        "xhtml", "xsl",
    ]

    static func fault(in bytes: [UInt8]) -> ContentFault? {
        guard let package = OFDPackage(bytes) else {
            return .damaged(zh: "OFD 压缩包不完整或前后不一", en: "the OFD's zip package is truncated, damaged or inconsistent")
        }
        let entries = package.entries
        guard entries.contains(where: { $0.name == "OFD.xml" }) else {
            return .damaged(zh: "压缩包中没有 OFD.xml，不是 OFD 文件", en: "the zip package has no OFD.xml, so it is not an OFD")
        }
        guard entries.allSatisfy({ !$0.isEncrypted && isInside($0.name) }) else {
            return .unsafe(zh: "OFD 压缩包已加密或含有越界路径", en: "the OFD's zip package is encrypted, or has entries with paths outside the package")
        }
        if let entry = entries.first(where: { active.contains(ending($0.name)) }) {
            return .unsafe(
                zh: "OFD 中附有可运行的内容（\(entry.name.prefix(80))）", en: "the OFD has active content (\(entry.name.prefix(80)))")
        }
        guard entries.reduce(0, { $0 + $1.unpacked }) <= mostUnpacked else {
            return .unsafe(zh: "OFD 展开后过大", en: "the OFD is too large after decompression")
        }
        for entry in entries {
            if let fault = fault(of: entry, bytes[entry.data]) { return fault }
        }
        return nil
    }

    /// Decompresses an entry up to its stated size, and checks it if it is XML.
    private static func fault(of entry: OFDPackage.Entry, _ packed: ArraySlice<UInt8>) -> ContentFault? {
        let isXML = ending(entry.name) == "xml"
        var content = packed
        if entry.isDeflated {
            let result = Inflater.inflate(packed, .raw, most: entry.unpacked, keeping: true)
            guard result.isWhole, result.count == entry.unpacked, result.used == packed.count else { return wrongSize(entry) }
            content = result.bytes[...]
        }
        guard Inflater.checksum(content) == entry.checksum else { return wrongSize(entry) }
        guard isXML, let fault = XMLCheck.fault(in: content) else { return nil }
        switch fault {
        case .damaged(let zh, let en):
            return .damaged(zh: "OFD 内 \(entry.name.prefix(80))：\(zh)", en: "in \(entry.name.prefix(80)) of the OFD: \(en)")
        case .unsafe(let zh, let en):
            return .unsafe(zh: "OFD 内 \(entry.name.prefix(80))：\(zh)", en: "in \(entry.name.prefix(80)) of the OFD: \(en)")
        }
    }

    private static func wrongSize(_ entry: OFDPackage.Entry) -> ContentFault {
        .damaged(
            zh: "OFD 内 \(entry.name.prefix(80)) 的大小或校验与目录不符",
            en: "the size or checksum of \(entry.name.prefix(80)) in the OFD does not match its directory")
    }

    private static func isInside(_ name: String) -> Bool {
        !name.hasPrefix("/") && !name.contains("\\") && !name.contains(":") && !name.split(separator: "/").contains("..")
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 }
    }

    private static func ending(_ name: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }
}
