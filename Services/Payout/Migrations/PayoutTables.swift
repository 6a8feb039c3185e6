/// The tables of `payout`.
enum PayoutTables {}
