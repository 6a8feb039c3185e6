/// The service `timer`.
@main
enum TimerService {
    static func main() async {}
}
