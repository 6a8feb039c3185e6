/// The service `identity`.
@main
enum IdentityService {
    static func main() async {}
}
