"""
Fuzzing: the system is given whatever may come, and must take it or refuse it in words, whole, once, and silently.

Of every input it holds that nothing but a refusal of ours comes out (no crash, no 5xx); that what was taken is in the
ledger or the quarantine once, and what was refused has left nothing behind; that the same again changes nothing; that
nothing of it stands in a log, an error's text or an address; and that it takes no more than its share of steps, of
processor time and of memory.

`doors/` has a file for each way in. `world` is the council that everything is thrown at, `rewound` its database, which
takes back what each input has done. `values` and `mime` make what is thrown, `watching` looks on, `running` throws.

`make fuzz` throws a hundred thousand; the suite throws some dozens at each door, the same ones each time. A batch that
did harm is repeated by its seed, its smallest input by its blob; both are printed.
"""
