/// The size of a season.
public struct SeasonSize: Sendable, Hashable {
    /// The number of institutions; each has products.
    public let institutions: Int
    /// The number of products, spread over all ten categories.
    public let products: Int
    /// The number of enterprises, of every size class, including some that must be refused.
    public let enterprises: Int
    /// The number of planned orders, without those of races.
    public let orders: Int
    /// The number of races for the last vouchers of a product.
    public let races: Int
    /// The number of busy days on which orders are placed, counted from the first; nil for all.
    public let days: Int?
    /// Whether the first orders cover every variant of a scenario, for a season too short to cover them at random.
    public let coversEveryVariant: Bool

    /// Creates a size.
    public init(
        institutions: Int, products: Int, enterprises: Int, orders: Int, races: Int, days: Int? = nil, coversEveryVariant: Bool = false
    ) {
        self.institutions = institutions
        self.products = products
        self.enterprises = enterprises
        self.orders = orders
        self.races = races
        self.days = days
        self.coversEveryVariant = coversEveryVariant
    }

    /// The season of a whole city.
    public static let full = SeasonSize(institutions: 60, products: 150, enterprises: 2_000, orders: 5_170, races: 6)
    /// A short season, for tests.
    public static let small = SeasonSize(institutions: 6, products: 12, enterprises: 60, orders: 90, races: 1)
    /// The shortest season that covers every variant.
    public static let tiny = SeasonSize(
        institutions: 3, products: 10, enterprises: 24, orders: 24, races: 1, days: 3, coversEveryVariant: true)
}
