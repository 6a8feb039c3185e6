import Foundation
import Kernel
import Messages

extension MessageCatalogue {
    /// The messages of `payout`.
    static let payout: [CataloguedMessage] = []
}
