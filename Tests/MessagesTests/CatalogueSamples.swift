import Foundation
import Kernel
import Messages

extension MessageCatalogue {
    /// The messages of `catalogue`.
    static let catalogue: [CataloguedMessage] = []
}
