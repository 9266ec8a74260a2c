package traced
import ("testing";"os")
func TestZZ(t *testing.T){
 for _,n:=range os.Args[len(os.Args)-1:]{ f,err:=os.Open(n); if err!=nil{t.Skip(n)}
 r,err:=Reduce(f); if err!=nil{t.Fatal(err)}
 t.Log("\n"+r.String()) }
}
