/// The service `catalogue`.
@main
enum CatalogueService {
    static func main() async {}
}
