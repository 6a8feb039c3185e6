/// The tables of `redemption`.
enum RedemptionTables {}
