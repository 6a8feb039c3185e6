import Foundation
import Kernel
import Messages

extension MessageCatalogue {
    /// The messages of `redemption`.
    static let redemption: [CataloguedMessage] = []
}
