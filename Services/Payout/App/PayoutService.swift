/// The service `payout`.
@main
enum PayoutService {
    static func main() async {}
}
