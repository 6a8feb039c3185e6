/// The service `ordering`.
@main
enum OrderingService {
    static func main() async {}
}
