extension Division {
    /// The divisions of the cities that run programmes: districts and counties as of January 2025, divisions abolished before, and codes
    /// that occur only in registrations.
    public static let all: [Division] = [
        Division("110101", "东城区", "110100", .district),
        Division("110102", "西城区", "110100", .district),
        Division("110105", "朝阳区", "110100", .district),
        Division("110106", "丰台区", "110100", .district),
        Division("110107", "石景山区", "110100", .district),
        Division("110108", "海淀区", "110100", .district),
        Division("110109", "门头沟区", "110100", .district),
        Division("110111", "房山区", "110100", .district),
        Division("110112", "通州区", "110100", .district),
        Division("110113", "顺义区", "110100", .district),
        Division("110114", "昌平区", "110100", .district),
        Division("110115", "大兴区", "110100", .district),
        Division("110116", "怀柔区", "110100", .district),
        Division("110117", "平谷区", "110100", .district),
        Division("110118", "密云区", "110100", .district),
        Division("110119", "延庆区", "110100", .district),
        Division("330102", "上城区", "330100", .district),
        Division("330105", "拱墅区", "330100", .district),
        Division("330106", "西湖区", "330100", .district),
        Division("330108", "滨江区", "330100", .district),
        Division("330109", "萧山区", "330100", .district),
        Division("330110", "余杭区", "330100", .district),
        Division("330111", "富阳区", "330100", .district),
        Division("330112", "临安区", "330100", .district),
        Division("330113", "临平区", "330100", .district),
        Division("330114", "钱塘区", "330100", .district),
        Division("330122", "桐庐县", "330100", .county),
        Division("330127", "淳安县", "330100", .county),
        Division("330182", "建德市", "330100", .countyLevelCity),
        Division("440103", "荔湾区", "440100", .district),
        Division("440104", "越秀区", "440100", .district),
        Division("440105", "海珠区", "440100", .district),
        Division("440106", "天河区", "440100", .district),
        Division("440111", "白云区", "440100", .district),
        Division("440112", "黄埔区", "440100", .district),
        Division("440113", "番禺区", "440100", .district),
        Division("440114", "花都区", "440100", .district),
        Division("440115", "南沙区", "440100", .district),
        Division("440117", "从化区", "440100", .district),
        Division("440118", "增城区", "440100", .district),
        Division("330103", "下城区", "330100", .gone(1983, 2021, now: "330105")),
        Division("330104", "江干区", "330100", .gone(1983, 2021, now: "330102", "330114")),
        Division("330181", "萧山市", "330100", .gone(1989, 2001, now: "330109")),
        Division("330183", "富阳市", "330100", .gone(1994, 2014, now: "330111")),
        Division("330184", "余杭市", "330100", .gone(1994, 2001, now: "330110")),
        Division("330185", "临安市", "330100", .gone(1996, 2017, now: "330112")),
        Division("110103", "崇文区", "110100", .gone(nil, 2010, now: "110101")),
        Division("110104", "宣武区", "110100", .gone(nil, 2010, now: "110102")),
        Division("110228", "密云县", "110100", .gone(1982, 2015, now: "110118")),
        Division("110229", "延庆县", "110100", .gone(1982, 2015, now: "110119")),
        Division("440102", "东山区", "440100", .gone(1983, 2005, now: "440104")),
        Division("440107", "芳村区", "440100", .gone(1985, 2005, now: "440103")),
        Division("440116", "萝岗区", "440100", .gone(2005, 2014, now: "440112")),
        Division("440183", "增城市", "440100", .gone(1993, 2014, now: "440118")),
        Division("440184", "从化市", "440100", .gone(1994, 2014, now: "440117")),
        Division("110302", "北京经济技术开发区", "110100", .zone),
        Division("440101", "广州市市辖区", "440100", .placeholder),
        Division("440100", "广州市", "440100", .city),
        Division("330100", "杭州市", "330100", .city),
        Division("330101", "杭州市市辖区", "330100", .placeholder),
        Division("110000", "北京市", "110000", .province),
        Division("110100", "北京市市辖区", "110000", .placeholder),
    ]

    private init(_ code: String, _ name: String, _ cityCode: String, _ kind: Kind) {
        self.init(code: code, name: name, cityCode: cityCode, kind: kind)
    }
}

extension Division.Kind {
    fileprivate static func gone(_ firstYear: Int?, _ lastYear: Int, now successors: String...) -> Self {
        .abolished(Division.AbolishedDivision(firstYear: firstYear, lastYear: lastYear, successors: successors))
    }
}
