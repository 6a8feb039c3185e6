@main
enum BankSimulator {
    static func main() async {}
}
