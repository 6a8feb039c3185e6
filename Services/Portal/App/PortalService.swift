/// The service `portal`.
@main
enum PortalService {
    static func main() async {}
}
