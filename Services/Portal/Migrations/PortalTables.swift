/// The tables of `portal`.
enum PortalTables {}
