import Foundation
import Kernel
import Messages

extension MessageCatalogue {
    /// The messages of `timer`.
    static let timer: [CataloguedMessage] = []
}
