import Testing

@Suite("Catalogue")
struct CatalogueTests {}
