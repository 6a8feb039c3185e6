extension Sample {
    /// A PDF of one empty page. `catalogue`, `page` and `trailer` are added to those dictionaries; `further` are the objects from number 4
    /// on.
    static func pdf(catalogue: String = "", page: String = "", further: [[UInt8]] = [], trailer: String = "") -> [UInt8] {
        let texts = [
            "<< /Type /Catalog /Pages 2 0 R \(catalogue) >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] \(page) >>",
        ]
        var (file, table) = (Array("%PDF-1.7\n".utf8), "0000000000 65535 f \n")
        let objects = texts.map { Array($0.utf8) } + further
        for (place, object) in objects.enumerated() {
            table += String(repeating: "0", count: 10 - "\(file.count)".count) + "\(file.count) 00000 n \n"
            file += Array("\(place + 1) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
        }
        let end = "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R \(trailer) >>\nstartxref\n\(file.count)\n%%EOF\n"
        return file + Array("xref\n0 \(objects.count + 1)\n\(table)\(end)".utf8)
    }

    /// A stream object with these dictionary entries.
    static func stream(_ entries: String, _ data: [UInt8]) -> [UInt8] {
        Array("<< \(entries) /Length \(data.count) >>\nstream\n".utf8) + data + Array("\nendstream".utf8)
    }

    /// A PDF with its catalogue in an object stream and a cross-reference stream, as current programs write it.
    static func packedPDF(catalogue: String) -> [UInt8] {
        let inner = ["<< /Type /Catalog /Pages 3 0 R \(catalogue) >>", "<< /Type /Pages /Kids [4 0 R] /Count 1 >>"]
        let heads = "2 0 3 \(inner[0].utf8.count + 1) "
        let body = Array((heads + inner.joined(separator: " ")).utf8)
        var (file, places) = (Array("%PDF-1.7\n".utf8), [Int]())
        let objects: [(Int, [UInt8])] = [
            (1, stream("/Type /ObjStm /N 2 /First \(heads.utf8.count)", body)),
            (4, Array("<< /Type /Page /Parent 3 0 R /MediaBox [0 0 595 842] >>".utf8)),
        ]
        for (number, object) in objects {
            places.append(file.count)
            file += Array("\(number) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
        }
        let start = file.count
        func row(_ kind: Int, _ second: Int, _ third: Int) -> [UInt8] { [UInt8(kind)] + bigEndian(second) + [UInt8(third)] }
        let packed = row(2, 1, 0) + row(2, 1, 1)
        let rows = row(0, 0, 255) + row(1, places[0], 0) + packed + row(1, places[1], 0) + row(1, start, 0)
        let table = stream("/Type /XRef /Size 6 /Root 2 0 R /W [1 4 1]", rows)
        return file + Array("5 0 obj\n".utf8) + table + Array("\nendobj\nstartxref\n\(start)\n%%EOF\n".utf8)
    }

    /// A PDF of exactly that size, padded with an arbitrary stream.
    static func padded(to count: Int) -> [UInt8] {
        var filler = count - pdf(further: [stream("", [])]).count
        while true {
            let bytes = pdf(further: [stream("", [UInt8](repeating: 0x41, count: filler))])
            guard bytes.count != count else { return bytes }
            filler += count - bytes.count
        }
    }

    /// Deflated zero bytes: one literal zero, then matches of 258 bytes at distance one, 13 bits each with the fixed codes.
    static func zeros(megabytes: Int) -> [UInt8] {
        var bytes: [UInt8] = [0x78, 0x9C]
        var (held, bits) = (0, 0)
        func put(_ value: Int, _ count: Int) {
            held |= value << bits
            bits += count
            while bits >= 8 {
                bytes.append(UInt8(held & 0xFF))
                (held, bits) = (held >> 8, bits - 8)
            }
        }
        // The highest bit of a code comes first.
        func code(_ value: Int, _ count: Int) { put((0..<count).reduce(0) { $0 | (value >> $1 & 1) << (count - 1 - $1) }, count) }
        put(0b011, 3)
        code(0b0011_0000, 8)
        let match = (0..<8).reduce(0) { $0 | (0b1100_0101 >> $1 & 1) << (7 - $1) }
        for _ in 0..<(megabytes << 20) / 258 { put(match, 13) }
        code(0, 7)
        put(0, 7)
        return bytes
    }
}
