import Foundation

/// The bank's reference of incoming funds, as it counts: banks and people write one reference with other blanks, widths and cases.
public enum BankReference {
    /// The reference without blanks around it, in the usual width and in capital letters; empty where nothing is left.
    public static func key(of text: String) -> String {
        text.precomposedStringWithCompatibilityMapping.trimmingCharacters(in: .whitespacesAndNewlines).uppercased()
    }
}
