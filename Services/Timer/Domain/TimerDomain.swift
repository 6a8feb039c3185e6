/// What `timer` decides: pure, no clock, no input or output.
public enum TimerDomain {}
