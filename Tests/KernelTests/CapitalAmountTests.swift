import Kernel
import Testing

@Suite struct CapitalAmountTests {
    @Test("every reference amount is written in its canonical form and parsed from each permitted form")
    func referenceAmounts() throws {
        for row in try Facts.rows("rmb-capital.csv") {
            let amount = try Fen(yuan: try row.field("amount"))
            let expected = try row.field("expected")
            #expect(try CapitalAmount.write(amount) == expected)
            let permitted = [expected, try row.field("also_permitted")].filter { !$0.isEmpty }
            for form in permitted {
                #expect(try CapitalAmount.read(form) == amount, "\(form)")
                #expect(try CapitalAmount.read("人民币" + form) == amount, "\(form)")
                let traditional = form.replacing("元", with: "圓").replacing("整", with: "正").replacing("万", with: "萬")
                #expect(try CapitalAmount.read(traditional) == amount, "\(traditional)")
            }
        }
    }

    @Test(
        "optional forms are accepted",
        arguments: [
            ("壹拾元伍角整", "10.50"), ("壹拾元零伍角", "10.50"), ("壹拾元伍角", "10.50"),
            ("壹拾万零柒仟元零伍角叁分", "107000.53"), ("壹拾万柒仟元伍角叁分", "107000.53"), ("伍分", "0.05"), ("壹圆正", "1"),
            ("壹万贰仟叁佰肆拾伍亿元整", "1234500000000"), ("壹万亿零壹元整", "1000000000001"), ("壹拾亿伍仟万元整", "1050000000"),
            ("壹拾亿零伍仟万元整", "1050000000"), ("贰亿贰仟元整", "200002000"),
        ])
    func freeForms(text: String, yuan: String) throws {
        #expect(try CapitalAmount.read(text) == Fen(yuan: yuan))
    }

    @Test(
        "an amount that is written wrongly is refused",
        arguments: [
            "", "人民币", "元整", "零", "零零元整", "壹", "壹佰", "壹元", "拾伍元整", "壹佰壹元整", "壹佰零零壹元整", "壹元伍分", "壹元零伍角",
            "壹元壹分整", "壹元壹元整", "壹贰元整", "壹佰壹仟元整", "壹万万元整", "壹角壹角", "壹分壹角", "零元壹角", "零壹元整", "壹元整整", "一元整",
            "壹元 整", "人民币 壹元整", "100元整", "壹亿亿元整", "玖亿亿亿亿亿亿亿亿元整", "壹元伍拾", "壹元伍拾分", "负壹元整", "壹拾零万柒仟元零伍角叁分",
            String(repeating: "玖仟", count: 40) + "元整", String(repeating: "壹", count: 200),
        ])
    func refusals(text: String) {
        #expect(throws: MoneyError.self) { try CapitalAmount.read(text) }
    }

    @Test("a negative amount and one from 10^16 yuan on have no form")
    func noForm() throws {
        #expect(throws: MoneyError.noCapitalForm) { try CapitalAmount.write(Fen(-1)) }
        #expect(throws: MoneyError.noCapitalForm) { try CapitalAmount.write(Fen(1_000_000_000_000_000_000)) }
        let greatest = Fen(999_999_999_999_999_999)
        #expect(try CapitalAmount.read(CapitalAmount.write(greatest)) == greatest)
    }

    @Test("a written amount is parsed back, for amounts of every size and any zeros")
    func roundTrip() throws {
        var random = SplitMix64(for: "capitals are read back")
        for _ in 0..<5000 {
            let count = Int.random(in: 1...18, using: &random)
            let digits = (0..<count).map { _ in Bool.random(using: &random) ? 0 : Int64.random(in: 0...9, using: &random) }
            let amount = Fen(digits.reduce(0) { $0 * 10 + $1 })
            let text = try CapitalAmount.write(amount)
            #expect(try CapitalAmount.read(text) == amount, "\(text)")
            #expect(!text.contains("零零"))
        }
    }

    @Test("two amounts never share a form: a missing or repeated character is refused or gives another valid amount")
    func mutations() throws {
        var random = SplitMix64(for: "capitals with a mistake")
        for _ in 0..<3000 {
            let amount = Fen((random.anySize() & Int64.max) % 1_000_000_000_000)
            var characters = Array(try CapitalAmount.write(amount))
            let place = Int.random(in: 0..<characters.count, using: &random)
            if Bool.random(using: &random) { characters.remove(at: place) } else { characters.insert(characters[place], at: place) }
            guard let read = try? CapitalAmount.read(String(characters)) else { continue }
            let canonical = try CapitalAmount.write(read)
            #expect(canonical.filter { $0 != "零" && $0 != "整" } == String(characters.filter { $0 != "零" && $0 != "整" }))
        }
    }
}
