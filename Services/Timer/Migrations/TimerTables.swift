/// The tables of `timer`.
enum TimerTables {}
