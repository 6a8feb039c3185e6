import Testing

@Suite("Timer")
struct TimerTests {}
