import Foundation

/// A small PDF of one line, used for the papers of a season.
enum Paper {
    static func pdf(_ text: String) -> Data {
        var document = Data("%PDF-1.4\n".utf8)
        var offsets: [Int] = []
        func add(_ object: String) {
            offsets.append(document.count)
            document.append(Data("\(offsets.count) 0 obj\n\(object)\nendobj\n".utf8))
        }
        let line = "BT /F1 12 Tf 40 780 Td (\(text.filter { $0.isASCII && $0 != "(" && $0 != ")" && $0 != "\\" })) Tj ET"
        add("<< /Type /Catalog /Pages 2 0 R >>")
        add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
        add(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 "
                + "/BaseFont /Helvetica >> >> >> >>")
        add("<< /Length \(line.utf8.count) >>\nstream\n\(line)\nendstream")
        let table = document.count
        var tail = "xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n"
        for offset in offsets { tail += String(repeating: "0", count: 10 - "\(offset)".count) + "\(offset) 00000 n \n" }
        tail += "trailer\n<< /Size \(offsets.count + 1) /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n"
        document.append(Data(tail.utf8))
        return document
    }
}
