import Foundation
import Kernel
import Yams

/// A value of a scenario file with its position.
struct Entry {
    let node: Node
    let file: String

    var place: ScenarioPlace { ScenarioPlace(file: file, line: node.mark?.line ?? 1) }

    func fault(_ text: String) -> ScenarioFault { ScenarioFault(place: place, text: text) }

    /// The value under a key; nil if there is none.
    subscript(key: String) -> Entry? {
        // Keys are compared as they are written: `on` is a truth value in YAML, and a key here.
        node.mapping?.first { $0.key.scalar?.string == key }.map { Entry(node: $0.value, file: file) }
    }

    /// The value under a key that must be there.
    func required(_ key: String) throws(ScenarioFault) -> Entry {
        guard let entry = self[key] else { throw fault("`\(key):` is missing") }
        return entry
    }

    /// The keys and values of a map, in order.
    func pairs() throws(ScenarioFault) -> [(key: String, value: Entry)] {
        guard let mapping = node.mapping else { throw fault("a map of keys and values is expected here") }
        return mapping.compactMap { key, value in key.scalar.map(\.string).map { ($0, Entry(node: value, file: file)) } }
    }

    /// Refuses keys that nothing reads.
    func allow(_ keys: [String]) throws(ScenarioFault) {
        for (key, value) in try pairs() where !keys.contains(key) {
            throw value.fault("there is no key `\(key)` here; write one of \(keys.joined(separator: ", "))")
        }
    }

    /// The items of a list; a single value is a list of one.
    var items: [Entry] {
        if let sequence = node.sequence { return sequence.map { Entry(node: $0, file: file) } }
        return [self]
    }

    func text() throws(ScenarioFault) -> String {
        guard let text = node.scalar?.string else { throw fault("a text is expected here") }
        return text
    }

    func texts() throws(ScenarioFault) -> [String] {
        var texts: [String] = []
        for item in items { texts.append(try item.text()) }
        return texts
    }

    func flag() throws(ScenarioFault) -> Bool {
        switch try text() {
        case "yes", "true": return true
        case "no", "false": return false
        case let text: throw fault("\"\(text)\" is neither yes nor no")
        }
    }

    func integer() throws(ScenarioFault) -> Int64 {
        guard let number = Int64(try text().filter { $0 != "," }) else { throw fault("a whole number is expected here") }
        return number
    }

    func date() throws(ScenarioFault) -> CalendarDate {
        let text = try text()
        guard let date = try? CalendarDate(text) else { throw fault("\"\(text)\" is no day; write it as 2026-04-01") }
        return date
    }

    /// An instant in Beijing, "2026-04-01 10:00" or with seconds; a day alone is its beginning, and 24:00 is the end of the day.
    func instant() throws(ScenarioFault) -> Date {
        let text = try text()
        let parts = text.split(separator: " ")
        let clock = parts.count == 2 ? parts[1].split(separator: ":").map { Int($0) } : [0, 0]
        guard (1...2).contains(parts.count), let day = try? CalendarDate(String(parts[0])), (2...3).contains(clock.count),
            let hour = clock[0], let minute = clock[1], let second = clock.count == 3 ? clock[2] : 0
        else { throw fault("\"\(text)\" is no instant; write it as 2026-04-01 10:00") }
        if (hour, minute, second) == (24, 0, 0) { return BeijingTime.endOfDay(day) }
        guard let instant = BeijingTime.instant(on: day, hour: hour, minute: minute, second: second) else {
            throw fault("\"\(text)\" is no instant of a day")
        }
        return instant
    }
}
