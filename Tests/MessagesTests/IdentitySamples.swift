import Foundation
import Kernel
import Messages

extension MessageCatalogue {
    /// The messages of `identity`.
    static let identity: [CataloguedMessage] = []
}
