/// The tables of `ordering`.
enum OrderingTables {}
