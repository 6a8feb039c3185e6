/// The names from which a season's participants and products are composed.
enum Names {
    /// A product line: title, category, service and price range in yuan.
    struct Line {
        let title: String
        let category: String
        let service: String?
        let yuan: ClosedRange<Int64>
    }

    /// The ten service categories of the 2026 programme.
    static let lines = [
        Line(title: "大模型应用", category: "llm-applications", service: "llm-deployment", yuan: 30_000...120_000),
        Line(title: "生产执行系统", category: "digital-systems", service: "industrial-software", yuan: 20_000...200_000),
        Line(title: "DCMM评估", category: "dcmm", service: nil, yuan: 40_000...90_000),
        Line(title: "数据安全防护", category: "data-security", service: "protection-products", yuan: 15_000...80_000),
        Line(title: "外观设计", category: "industrial-design", service: "appearance-design", yuan: 10_000...60_000),
        Line(title: "样品试制", category: "pilot-scale", service: "sample-making", yuan: 30_000...150_000),
        Line(title: "芯片测试", category: "chip-testing-certification", service: "chip-testing", yuan: 50_000...250_000),
        Line(title: "能源管理体系咨询", category: "energy-management", service: "energy-consulting", yuan: 20_000...70_000),
        Line(title: "能源审计", category: "energy-audit", service: nil, yuan: 20_000...60_000),
        Line(title: "产品碳足迹核算", category: "carbon-footprint", service: nil, yuan: 15_000...50_000),
    ]

    static let trades = ["数字科技", "检测认证", "工业设计", "能源技术", "信息安全"]
    static let industries = [
        (code: "I65", word: "软件"), (code: "C35", word: "设备制造"), (code: "F51", word: "商贸"), (code: "L72", word: "商务服务"),
        (code: "C39", word: "电子"), (code: "M74", word: "技术服务"),
    ]
    /// Districts of Beijing.
    static let districts = ["110105", "110108", "110106", "110112", "110115", "110114", "110101", "110102"]

    private static let first = ["华", "中", "京", "科", "新", "瑞", "恒", "博", "创", "融", "启", "远", "安", "嘉", "盛"]
    private static let second = ["联", "达", "源", "信", "泰", "辰", "维", "智", "航", "诚", "腾", "宇", "康"]

    /// A stem of a name, unique for each number below 20,000.
    static func stem(_ number: Int) -> String {
        let round = number / (first.count * second.count)
        return first[number % first.count] + second[number % second.count] + (round == 0 ? "" : "\(round)")
    }
}
