/// What a stored file may be. Its content tells, never its name.
public enum FileKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// PDF.
    case pdf
    /// JPEG.
    case jpg
    /// PNG.
    case png
    /// XML, as of a digital invoice. Without a document type.
    case xml
    /// OFD (GB/T 33190), the format of China's electronic invoices and documents.
    case ofd

    /// The kind that a file name's ending claims; nil where it claims none of them.
    public init?(fileName: String) {
        guard let dot = fileName.lastIndex(of: "."), dot != fileName.startIndex else { return nil }
        let ending = fileName[fileName.index(after: dot)...].lowercased()
        self.init(rawValue: ending == "jpeg" ? "jpg" : ending)
    }

    /// The media type that the file is served under.
    public var mediaType: String {
        switch self {
        case .pdf: "application/pdf"
        case .jpg: "image/jpeg"
        case .png: "image/png"
        case .xml: "application/xml"
        case .ofd: "application/ofd"
        }
    }

    /// The kind that the first bytes promise; whether the rest keeps it is another question, see `fault(in:)`. Nil for anything else.
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

    /// What is wrong with bytes that promise to be this; nil where nothing is.
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

/// What is wrong with a file's content.
enum ContentFault: Sendable, Hashable {
    /// Something that must be there is not, or not whole: the place in English and Chinese.
    case damaged(zh: String, en: String)
    /// It is whole, and does or may do what no paper needs to.
    case unsafe(zh: String, en: String)
}
