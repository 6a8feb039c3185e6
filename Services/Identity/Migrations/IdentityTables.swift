/// The tables of `identity`.
enum IdentityTables {}
