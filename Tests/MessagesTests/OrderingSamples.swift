import Foundation
import Kernel
import Messages

extension MessageCatalogue {
    /// The messages of `ordering`.
    static let ordering: [CataloguedMessage] = []
}
