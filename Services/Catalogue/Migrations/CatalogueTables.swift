/// The tables of `catalogue`.
enum CatalogueTables {}
