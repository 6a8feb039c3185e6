extension SizeStandard {
    /// The standard of 2011, in force when this was written: 工信部联企业〔2011〕300号 of 18 June 2011, sections 4 (一) to (十六).
    public static let edition2011 = SizeStandard(
        document: "工信部联企业〔2011〕300号",
        bounds: [
            .agriculture: [.revenue(20_000, 500, 50)],
            .industry: [.employees(1_000, 300, 20), .revenue(40_000, 2_000, 300)],
            .construction: [.revenue(80_000, 6_000, 300), .assets(80_000, 5_000, 300)],
            .wholesale: [.employees(200, 20, 5), .revenue(40_000, 5_000, 1_000)],
            .retail: [.employees(300, 50, 10), .revenue(20_000, 500, 100)],
            .transport: [.employees(1_000, 300, 20), .revenue(30_000, 3_000, 200)],
            .warehousing: [.employees(200, 100, 20), .revenue(30_000, 1_000, 100)],
            .postal: [.employees(1_000, 300, 20), .revenue(30_000, 2_000, 100)],
            .accommodation: [.employees(300, 100, 10), .revenue(10_000, 2_000, 100)],
            .catering: [.employees(300, 100, 10), .revenue(10_000, 2_000, 100)],
            .informationTransmission: [.employees(2_000, 100, 10), .revenue(100_000, 1_000, 100)],
            .softwareAndInformationTechnology: [.employees(300, 100, 10), .revenue(10_000, 1_000, 50)],
            .realEstateDevelopment: [.revenue(200_000, 1_000, 100), .assets(10_000, 5_000, 2_000)],
            .propertyManagement: [.employees(1_000, 300, 100), .revenue(5_000, 1_000, 500)],
            .leasingAndBusinessServices: [.employees(300, 100, 10), .assets(120_000, 8_000, 100)],
            .other: [.employees(300, 100, 10)],
        ])
}

/// Lower bounds of large, medium and small as the document writes them: persons, and for money 10,000 yuan (万元).
extension SizeStandard.Bounds {
    private static let fenInTenThousandYuan: Int64 = 1_000_000

    fileprivate static func employees(_ large: Int64, _ medium: Int64, _ small: Int64) -> Self {
        Self(indicator: .employees, large: large, medium: medium, small: small)
    }

    fileprivate static func revenue(_ large: Int64, _ medium: Int64, _ small: Int64) -> Self {
        money(.revenue, large, medium, small)
    }

    fileprivate static func assets(_ large: Int64, _ medium: Int64, _ small: Int64) -> Self {
        money(.assets, large, medium, small)
    }

    private static func money(_ indicator: SizeIndicator, _ large: Int64, _ medium: Int64, _ small: Int64) -> Self {
        Self(
            indicator: indicator, large: large * fenInTenThousandYuan, medium: medium * fenInTenThousandYuan,
            small: small * fenInTenThousandYuan)
    }
}

extension IndustryGroup {
    /// The group's name in the standard.
    public var name: String {
        switch self {
        case .agriculture: "农、林、牧、渔业"
        case .industry: "工业"
        case .construction: "建筑业"
        case .wholesale: "批发业"
        case .retail: "零售业"
        case .transport: "交通运输业"
        case .warehousing: "仓储业"
        case .postal: "邮政业"
        case .accommodation: "住宿业"
        case .catering: "餐饮业"
        case .informationTransmission: "信息传输业"
        case .softwareAndInformationTechnology: "软件和信息技术服务业"
        case .realEstateDevelopment: "房地产开发经营"
        case .propertyManagement: "物业管理"
        case .leasingAndBusinessServices: "租赁和商务服务业"
        case .other: "其他未列明行业"
        }
    }
}
