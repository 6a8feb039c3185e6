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
    /// On how many days anybody orders: the first working days there are; nil is all of them.
    public let days: Int?
    /// Whether fates are dealt out in turn before chance has its say: for a season too short to leave them to it.
    public let dealsFates: Bool

    /// A season of that size.
    public init(institutions: Int, products: Int, enterprises: Int, orders: Int, races: Int, days: Int? = nil, dealsFates: Bool = false) {
        self.institutions = institutions
        self.products = products
        self.enterprises = enterprises
        self.orders = orders
        self.races = races
        self.days = days
        self.dealsFates = dealsFates
    }

    /// The season of a city.
    public static let full = SeasonSize(institutions: 60, products: 150, enterprises: 2_000, orders: 5_170, races: 6)
    /// A short one, for tests.
    public static let small = SeasonSize(institutions: 6, products: 12, enterprises: 60, orders: 90, races: 1)
    /// The shortest that has everything in it.
    public static let tiny = SeasonSize(
        institutions: 3, products: 10, enterprises: 24, orders: 24, races: 1, days: 3, dealsFates: true)
}
