extension Division {
    /// The divisions of the cities that run programmes: districts and counties as of January 2025, those abolished before, and the codes that
    /// occur in registrations alone.
    public static let all: [Division] = [
        .district("110101", "东城区", of: "110100"),
        .district("110102", "西城区", of: "110100"),
        .district("110105", "朝阳区", of: "110100"),
        .district("110106", "丰台区", of: "110100"),
        .district("110107", "石景山区", of: "110100"),
        .district("110108", "海淀区", of: "110100"),
        .district("110109", "门头沟区", of: "110100"),
        .district("110111", "房山区", of: "110100"),
        .district("110112", "通州区", of: "110100"),
        .district("110113", "顺义区", of: "110100"),
        .district("110114", "昌平区", of: "110100"),
        .district("110115", "大兴区", of: "110100"),
        .district("110116", "怀柔区", of: "110100"),
        .district("110117", "平谷区", of: "110100"),
        .district("110118", "密云区", of: "110100"),
        .district("110119", "延庆区", of: "110100"),
        .district("330102", "上城区", of: "330100"),
        .district("330105", "拱墅区", of: "330100"),
        .district("330106", "西湖区", of: "330100"),
        .district("330108", "滨江区", of: "330100"),
        .district("330109", "萧山区", of: "330100"),
        .district("330110", "余杭区", of: "330100"),
        .district("330111", "富阳区", of: "330100"),
        .district("330112", "临安区", of: "330100"),
        .district("330113", "临平区", of: "330100"),
        .district("330114", "钱塘区", of: "330100"),
        .county("330122", "桐庐县", of: "330100"),
        .county("330127", "淳安县", of: "330100"),
        .countyLevelCity("330182", "建德市", of: "330100"),
        .district("440103", "荔湾区", of: "440100"),
        .district("440104", "越秀区", of: "440100"),
        .district("440105", "海珠区", of: "440100"),
        .district("440106", "天河区", of: "440100"),
        .district("440111", "白云区", of: "440100"),
        .district("440112", "黄埔区", of: "440100"),
        .district("440113", "番禺区", of: "440100"),
        .district("440114", "花都区", of: "440100"),
        .district("440115", "南沙区", of: "440100"),
        .district("440117", "从化区", of: "440100"),
        .district("440118", "增城区", of: "440100"),
        .abolished("330103", "下城区", of: "330100", inUse: 1983, 2021, now: ["330105"]),
        .abolished("330104", "江干区", of: "330100", inUse: 1983, 2021, now: ["330102", "330114"]),
        .abolished("330181", "萧山市", of: "330100", inUse: 1989, 2001, now: ["330109"]),
        .abolished("330183", "富阳市", of: "330100", inUse: 1994, 2014, now: ["330111"]),
        .abolished("330184", "余杭市", of: "330100", inUse: 1994, 2001, now: ["330110"]),
        .abolished("330185", "临安市", of: "330100", inUse: 1996, 2017, now: ["330112"]),
        .abolished("110103", "崇文区", of: "110100", inUse: nil, 2010, now: ["110101"]),
        .abolished("110104", "宣武区", of: "110100", inUse: nil, 2010, now: ["110102"]),
        .abolished("110228", "密云县", of: "110100", inUse: 1982, 2015, now: ["110118"]),
        .abolished("110229", "延庆县", of: "110100", inUse: 1982, 2015, now: ["110119"]),
        .abolished("440102", "东山区", of: "440100", inUse: 1983, 2005, now: ["440104"]),
        .abolished("440107", "芳村区", of: "440100", inUse: 1985, 2005, now: ["440103"]),
        .abolished("440116", "萝岗区", of: "440100", inUse: 2005, 2014, now: ["440112"]),
        .abolished("440183", "增城市", of: "440100", inUse: 1993, 2014, now: ["440118"]),
        .abolished("440184", "从化市", of: "440100", inUse: 1994, 2014, now: ["440117"]),
        .zone("110302", "北京经济技术开发区", of: "110100"),
        .placeholder("440101", "广州市市辖区", of: "440100"),
        .city("440100", "广州市", of: "440100"),
        .city("330100", "杭州市", of: "330100"),
        .placeholder("330101", "杭州市市辖区", of: "330100"),
        .province("110000", "北京市", of: "110000"),
        .placeholder("110100", "北京市市辖区", of: "110000"),
    ]

    private static func district(_ code: String, _ name: String, of city: String) -> Division {
        Division(code: code, name: name, cityCode: city, kind: .district)
    }
    private static func county(_ code: String, _ name: String, of city: String) -> Division {
        Division(code: code, name: name, cityCode: city, kind: .county)
    }
    private static func countyLevelCity(_ code: String, _ name: String, of city: String) -> Division {
        Division(code: code, name: name, cityCode: city, kind: .countyLevelCity)
    }
    private static func city(_ code: String, _ name: String, of city: String) -> Division {
        Division(code: code, name: name, cityCode: city, kind: .city)
    }
    private static func province(_ code: String, _ name: String, of city: String) -> Division {
        Division(code: code, name: name, cityCode: city, kind: .province)
    }
    private static func zone(_ code: String, _ name: String, of city: String) -> Division {
        Division(code: code, name: name, cityCode: city, kind: .zone)
    }
    private static func placeholder(_ code: String, _ name: String, of city: String) -> Division {
        Division(code: code, name: name, cityCode: city, kind: .placeholder)
    }
    private static func abolished(
        _ code: String, _ name: String, of city: String, inUse from: Int?, _ through: Int, now successors: [String]
    ) -> Division {
        Division(
            code: code, name: name, cityCode: city,
            kind: .abolished(Abolition(firstYear: from, lastYear: through, successors: successors)))
    }
}
