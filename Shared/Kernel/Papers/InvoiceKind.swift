/// The kind of an invoice (发票), as far as its number tells.
public enum InvoiceKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// 数电票: a fully digital invoice, 20 digits and no code.
    case fullyDigital
    /// 增值税专用发票.
    case special
    /// 货物运输业增值税专用发票.
    case transport
    /// 增值税普通发票 of a ten-digit code.
    case ordinary
    /// 折叠普票.
    case foldedOrdinary
    /// 卷票.
    case roll
    /// 电子普票.
    case electronicOrdinary
    /// 通行费电子普票.
    case electronicToll
    /// 电子专票.
    case electronicSpecial
    /// 区块链电子发票.
    case blockchain

    /// The usual Chinese name.
    public var name: String {
        switch self {
        case .fullyDigital: "数电票"
        case .special: "专票"
        case .transport: "货运专票"
        case .ordinary: "普票"
        case .foldedOrdinary: "折叠普票"
        case .roll: "卷票"
        case .electronicOrdinary: "电子普票"
        case .electronicToll: "通行费电子普票"
        case .electronicSpecial: "电子专票"
        case .blockchain: "区块链电子发票"
        }
    }
}
