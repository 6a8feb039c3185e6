/// How large a season is.
public struct SeasonSize: Sendable, Hashable {
    /// Institutions with products.
    public let institutions: Int
    /// Products, spread over all ten directions.
    public let products: Int
    /// Enterprises, of every size class and some that must be refused.
    public let enterprises: Int
    /// Orders that are meant to be placed, apart from those of races.
    public let orders: Int
    /// Products whose last vouchers many want at once.
    public let races: Int

    /// A season of that size.
    public init(institutions: Int, products: Int, enterprises: Int, orders: Int, races: Int) {
        self.institutions = institutions
        self.products = products
        self.enterprises = enterprises
        self.orders = orders
        self.races = races
    }

    /// The season of a city.
    public static let full = SeasonSize(institutions: 60, products: 150, enterprises: 2_000, orders: 5_200, races: 6)
    /// A short one, for tests.
    public static let small = SeasonSize(institutions: 6, products: 12, enterprises: 60, orders: 90, races: 1)
}
