import Foundation
import Kernel

extension MemoryPlatform {
    mutating func deliverOne() {
        let index = pick(lanes.count)
        let lane = lanes[index].lane
        let message = lanes[index].messages.removeFirst()
        // A repeated message comes directly after the first, as after a lost acknowledgement.
        if random != nil, pick(8) == 0 { lanes[index].messages.insert(message, at: 0) }
        if lanes[index].messages.isEmpty { lanes.remove(at: index) }
        take(nodes[lane.to]?.handle(message) ?? [], lane.to)
    }

    /// A number below a bound: chosen by the seed, or 0.
    mutating func pick(_ bound: Int) -> Int { Int(truncatingIfNeeded: (random?.next() ?? 0) % UInt64(bound)) }

    mutating func take(_ messages: [HostMessage], _ from: String) {
        for message in messages {
            if case .outcome(let id, let result) = message.content {
                if outcomes[id] == nil { outcomes[id] = result }
            } else if let to = message.to {
                post(message, from: from, to: to)
            } else {
                for other in owners where other != from { post(message, from: from, to: other) }
            }
        }
    }

    mutating func post(_ message: HostMessage, from: String, to: String) {
        let lane = Lane(from: from, to: to, key: message.key)
        if let index = lanes.firstIndex(where: { $0.lane == lane }) {
            lanes[index].messages.append(message)
        } else {
            lanes.append((lane, [message]))
        }
    }
}
