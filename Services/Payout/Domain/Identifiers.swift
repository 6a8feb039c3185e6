public import Foundation
import Kernel

/// Ids computed from what they are of, so that doing something again makes the same thing and not a second one.
public enum PayoutID {
    private static let namespace = UUID(
        uuid: (0x71, 0x75, 0x61, 0x6E, 0x70, 0x61, 0x59, 0x6F, 0x9D, 0x75, 0x74, 0x00, 0x20, 0x22, 0x11, 0x24))

    /// The disbursement of an order's redemption: one for life.
    public static func disbursement(programmeID: String, orderID: UUID) -> UUID {
        UUIDv5.make(namespace: namespace, parts: ["disbursement", programmeID, orderID.uuidString.lowercased()])
    }

    /// The instruction of a disbursement's attempt, the first being 1: one an attempt.
    public static func instruction(disbursementID: UUID, attempt: Int) -> UUID {
        UUIDv5.make(namespace: namespace, parts: ["instruction", disbursementID.uuidString.lowercased(), String(attempt)])
    }
}
