/// The service `redemption`.
@main
enum RedemptionService {
    static func main() async {}
}
