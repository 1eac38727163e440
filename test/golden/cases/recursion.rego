package golden

allow if a

a if b

b if a
