// The peer of bench start_up: the least that a C++ program does.
#include <iostream>

int main() { std::cout << "hello, world\n"; }
