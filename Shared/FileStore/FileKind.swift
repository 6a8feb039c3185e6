/// The kind of a stored file, determined by its content and never by its name.
public enum FileKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// PDF.
    case pdf
    /// JPEG.
    case jpg
    /// PNG.
    case png
    /// XML, for example a digital invoice. Without a document type.
    case xml
    /// OFD (GB/T 33190), the format of China's electronic invoices and documents.
    case ofd

    /// The kind claimed by a file name's extension; nil for any other extension.
    public init?(fileName: String) {
        guard let dot = fileName.lastIndex(of: "."), dot != fileName.startIndex else { return nil }
        let ending = fileName[fileName.index(after: dot)...].lowercased()
        self.init(rawValue: ending == "jpeg" ? "jpg" : ending)
    }

    /// The media type for serving the file.
    public var mediaType: String {
        switch self {
        case .pdf: "application/pdf"
        case .jpg: "image/jpeg"
        case .png: "image/png"
        case .xml: "application/xml"
        case .ofd: "application/ofd"
        }
    }

    /// The kind indicated by the first bytes; nil for any other file. `fault(in:)` checks the rest.
    init?(beginning bytes: [UInt8]) {
        if bytes.starts(with: PDFCheck.beginning) {
            self = .pdf
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpg
        } else if bytes.starts(with: PNGCheck.signature) {
            self = .png
        } else if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            self = .ofd
        } else if XMLCheck.begins(bytes) {
            self = .xml
        } else {
            return nil
        }
    }

    /// The fault in a file of this kind; nil if it is valid.
    func fault(in bytes: [UInt8]) -> ContentFault? {
        switch self {
        case .pdf: PDFCheck.fault(in: bytes)
        case .jpg: JPEGCheck.fault(in: bytes)
        case .png: PNGCheck.fault(in: bytes)
        case .xml: XMLCheck.fault(in: bytes)
        case .ofd: OFDCheck.fault(in: bytes)
        }
    }
}

/// A fault in a file's content, with an explanation in Chinese and English.
enum ContentFault: Sendable, Hashable {
    /// A required part is missing or incomplete.
    case damaged(zh: String, en: String)
    /// The file is complete but has active or otherwise unsafe content.
    case unsafe(zh: String, en: String)
}
